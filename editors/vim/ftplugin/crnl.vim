" Comments, indentation, and the compiler of :make.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1
setlocal comments=:///,:// commentstring=//\ %s
setlocal shiftwidth=2 softtabstop=2 expandtab textwidth=110
setlocal suffixesadd=.crnl
compiler crnl
let b:undo_ftplugin = 'setlocal comments< commentstring< shiftwidth< softtabstop< expandtab< textwidth< suffixesadd<'
