# doc/METHODS.md is what the lists of methods and of formats say.
"$CRNLC" explain methods >METHODS.md
diff "$SRC/doc/METHODS.md" METHODS.md || { echo 'write it: crnlc explain methods >doc/METHODS.md'; exit 1; }
