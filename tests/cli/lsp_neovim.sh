# Neovim's own client and the files for Vim: diagnostics, hover, definition, completion, a fix, colours, indentation.
command -v nvim >/dev/null || { echo "needs Neovim"; exit 77; }
mkdir -p run home
printf 'network n {\n  species A = 1;\n  param rate = 1;\n  A ->{rte} 0;\n}\n' >x.crnl
cp -r "$SRC/editors/vim" vim
cp "$BUILD/editors/vim/syntax/crnl.vim" vim/syntax/
export FILE="$PWD/x.crnl" HOME="$PWD/home" XDG_RUNTIME_DIR="$PWD/run"
nvim --headless -i NONE -n --clean --cmd "set runtimepath^=$PWD/vim" -c "luafile $SRC/tests/lsp/neovim.lua" >said 2>&1 || { cat said; exit 1; }
tr -d '\r' <said >lines
cat >expected <<'END'
filetype crnl
diagnostic 'rte' is not declared help: did you mean 'rate'?
colour crnlDeclaration
hover ```crnl A = 1 ``` a species, real, in amount, of `n` 
definition 1
completion true nil
fixed   A ->{rate} 0;
indent 2 0
END
{ cat lines; echo; } | diff expected -
