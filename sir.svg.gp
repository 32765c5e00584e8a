# Draws sir.svg from sir.svg.dat: gnuplot ./sir.svg.gp
set terminal svg size 321,241 font 'Helvetica,Arial,sans-serif,10.67' linewidth 1 noenhanced background '#ffffff'
set encoding utf8
set output './sir.svg'
set border lc rgb '#444444'
set tics nomirror out scale 0.6
set format '%h'
set style fill noborder
set xlabel 'time'
set ylabel 'infected'
set xrange [0:40]
set xtics ('0' 0, '5' 5, '10' 10, '15' 15, '20' 20, '25' 25, '30' 30, '35' 35, '40' 40)
set yrange [0:266.16654879211103]
set ytics ('0' 0, '50' 50, '100' 100, '150' 150, '200' 200, '250' 250)
bottom = 0
set border 3
set grid lc rgb '#dddddd' lw 0.5
set xzeroaxis lc rgb '#444444' lw 0.5 dt solid
set size noratio
set key notitle
set title ''
set key on tmargin center horizontal Left reverse samplen 2
set key title 'sir by ode and ssa'
plot './sir.svg.dat' index 0 using 1:2 with lines lw 1.5 lc rgb '#0072B2' title 'equations', \
     './sir.svg.dat' index 1 using 1:2 with steps lw 1.5 lc rgb '#D55E00' title 'one course', \
     './sir.svg.dat' index 2 using 1:($3 < bottom ? bottom : $3):4 with filledcurves fs transparent solid 0.25 noborder lc rgb '#009E73' notitle, \
     './sir.svg.dat' index 2 using 1:2 with lines lw 1.5 lc rgb '#009E73' title '200 courses, mean ± sd'
