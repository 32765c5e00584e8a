# SBML as libsbml writes it, an element a line; only the reactions are read here.
function attribute(name)
{
    return match($0, " " name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
}
/<sbml / && !/level="3" version="2"/ { bad("another level") }
/<species / { declared[attribute("id")] = 1 }
/<reaction / { part[0] = part[1] = ""; at = 0 }
/<listOfProducts>/ { at = 1 }
/<speciesReference / {
    if (!(attribute("species") in declared))
        bad("no such species")
    for (i = attribute("stoichiometry"); i > 0; i--)
        part[at] = part[at] (part[at] == "" ? "" : "+") number_of(attribute("species"))
}
/<kineticLaw>/ { laws++ }
/<\/reaction>/ { reaction(part[0], part[1]) }
END {
    if (laws != n_reactions)
        bad("reactions without a law")
}
