# The networks of the simulators' benchmark: numbers of species and reactions, and what ends of names choose.
# check-suites runs them.
data=$SRC/../shared/data/net
cp "$SRC/examples/import/enzyme.net" copy.net
gzip -k copy.net
"$CRNLC" run copy.net --until 10 >plain
"$CRNLC" run copy.net.gz --until 10 >packed
cmp plain packed
head -c 100 copy.net.gz >cut.net.gz
! "$CRNLC" check cut.net.gz 2>errors
grep -q 'E0202.*cut.net.gz' errors
printf 'begin species\n  1 A() 1\0\nend species\n' >nul.net
! "$CRNLC" check nul.net 2>errors
grep -q 'nul.net:2:10: error\[E0831\]' errors
"$CRNLC" print --stage network copy.net >again.net      # the other format of that extension
"$CRNLC" run again.net --until 10 >plain_again
cmp plain plain_again
! "$CRNLC" check --max-reactions 2 copy.net 2>errors
grep -q 'E0602.*more than 2 reactions' errors
if [ ! -d "$data" ]; then
    echo "the networks are not at $data"
    exit 77
fi
count() # FILE SPECIES REACTIONS
{
    "$CRNLC" print --stage network --passes= "$data/$1" >network
    test "$(grep -c '^  species ' network)" = "$2"
    test "$(grep -c -- ' ->{.*} ' network)" = "$3"
}
count multistate_no_obs.net 9 18
count multisite2_no_obs.net 66 288
count egfr_net_no_obs.net 356 3749
count BCR_no_obs.net 1122 24388
count fceri_gamma2_no_obs.net.gz 3744 58276
