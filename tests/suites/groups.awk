# awk -f groups.awk -v groups='NAME=REGEX ...' FILE.net: outputs of a network of BioNetGen. Group NAME counts in each species
# the matches of REGEX in its name.
BEGIN { n_groups = split(groups, group, " ") }
/^end species/ { inside = 0 }
inside {
    for (g = 1; g <= n_groups; g++) {
        text = $2
        count = gsub(substr(group[g], index(group[g], "=") + 1), "", text)
        if (count) members[g] = members[g] (members[g] ? "," : "") count "*" $1
    }
}
/^begin species/ { inside = 1 }
/^end groups/ { for (g = 1; g <= n_groups; g++) print g, substr(group[g], 1, index(group[g], "=") - 1), members[g] }
{ print }
