# A network for other tools: crnlc as the first argument, a network, and the folder for what is written.
crnlc=$1 network=$2 out=$3
"$crnlc" emit --format sbml,antimony,net,latex,json "$network" -o "$out/"
"$crnlc" emit --report "$network"
