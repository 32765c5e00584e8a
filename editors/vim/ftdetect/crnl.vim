autocmd BufRead,BufNewFile *.crnl setfiletype crnl
