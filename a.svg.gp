# Draws a.svg from a.svg.dat: gnuplot ./a.svg.gp
set terminal svg size 321,241 font 'Helvetica,Arial,sans-serif,10.67' linewidth 1 noenhanced background '#ffffff'
set encoding utf8
set output './a.svg'
set border lc rgb '#444444'
set tics nomirror out scale 0.6
set format '%h'
set style fill noborder
set title ''
set xlabel 'index'
set ylabel '[i in 0..3 : [1.0 * i, 2]][0]'
set xrange [0:1]
set yrange [0:*]
bottom = 0
set border 3
set grid lc rgb '#dddddd' lw 0.5
set offsets 0, 0, graph 0.05, 0
set key off
plot './a.svg.dat' index 0 using 1:2 with lines lw 1.5 lc rgb '#0072B2' title '[i in 0..3 : [1.0 * i, 2]][0]'
