" Two blanks for each brace that is open, as `crnlc fmt` has it.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1
setlocal indentexpr=CrnlIndent(v:lnum) indentkeys=0{,0},!^F,o,O
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*CrnlIndent')
  finish
endif

" Braces that the line leaves open, without those of strings and comments.
function s:Open(text)
  let text = substitute(substitute(a:text, '"\(\\.\|[^"\\]\)*"', '', 'g'), '//.*', '', '')
  return count(text, '{') - count(text, '}')
endfunction

function CrnlIndent(line)
  let before = prevnonblank(a:line - 1)
  if before == 0
    return 0
  endif
  let text = getline(before)
  let closes = text =~# '^\s*}'
  let indent = indent(before) + shiftwidth() * (s:Open(text) + closes)
  return getline(a:line) =~# '^\s*}' ? indent - shiftwidth() : indent
endfunction
