# The man page of libcrnl from its header: the first comment describes it, the declarations follow as they are.
function line(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    if (text ~ /^[.']/) text = "\\&" text
    print text
}
BEGIN {
    print ".TH CRNL 3 \"\" \"crnlc\" \"C library\""
    print ".SH NAME\ncrnl \\- compile and run chemical reaction networks in a program"
    print ".SH SYNOPSIS\n.B #include <crnlc/crnl.h>\n.PP\ncc file.c $(pkg\\-config \\-\\-cflags \\-\\-libs crnl)"
    print ".SH DESCRIPTION"
    in_comment = 1
}
in_comment {
    text = $0
    sub(/^\/\* |^ \* ?/, "", text)
    ends = sub(/ *\*\/ *$/, "", text)
    if (text ~ /^  /) {
        if (!code) print ".PP\n.nf"
        code = 1
    } else if (code) {
        print ".fi"
        code = 0
    }
    if (text == "") print ".PP"
    else line(text)
    if (ends) in_comment = 0
    next
}
/^typedef struct crnlc_program/ { print ".SH DECLARATIONS\n.nf"; shown = 1 }
/^#ifdef __cplusplus/ { shown = 0 }
shown { if ($0 == "") print ".sp"; else line($0) }
END { print ".fi\n.SH SEE ALSO\n.BR crnlc (1)" }
