" :make checks the file; :copen shows what is wrong.
if exists('current_compiler')
  finish
endif
let current_compiler = 'crnl'
CompilerSet makeprg=crnlc\ check\ %:S
CompilerSet errorformat=%f:%l:%c:\ %trror[%*[^]]]:\ %m,%f:%l:%c:\ %tarning[%*[^]]]:\ %m,%-G%.%#
