/* Coefficients of Rodas5P: G. Steinebach, Construction of Rosenbrock-Wanner method Rodas5P and numerical
 * benchmarks within the Julia Differential Equations package, BIT Numerical Mathematics 63:27, 2023. Of order
 * 5 with an embedded method of order 4 and an interpolant of order 4, all L-stable; tests/unit/
 * test_rosenbrock.c checks that from these numbers.
 *
 * In the form without products with the Jacobian J (Hairer, Wanner II, IV.7), a step of length h solves for
 * stages i = 1 .. 8, with the same matrix,
 *
 *     (I - h G J) u_i = h G f(t + C_i h, x + sum A_ij u_j) + G sum L_ij u_j + G D_i h^2 df/dt.
 *
 * The last rows of A are all ROW, with 1 for the stages from the sixth on, and the result is x + sum ROW_j
 * u_j + u_6 + u_7 + u_8, of which u_8 is the error. Between, at x + theta h, the interpolant is
 *
 *     x + theta (y - x + (1 - theta) (k_1 + theta (k_2 + theta k_3))), k_i = sum DENSE_ij u_j. */
#ifndef ROSENBROCK_TABLE_H
#define ROSENBROCK_TABLE_H

enum { ROSENBROCK_STAGES = 8, ROSENBROCK_FREE = 5, ROSENBROCK_DENSE = 3 }; /* FREE: stages before ROW */

static const double ROSENBROCK_G = 0.21193756319429014;
static const double ROSENBROCK_A[ROSENBROCK_FREE + 1][ROSENBROCK_FREE] = {
    {0},
    {3.0},
    {2.849394379747939, 0.45842242204463923},
    {-6.954028509809101, 2.489845061869568, -10.358996098473584},
    {2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641},
    {-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946}};
static const double ROSENBROCK_L[ROSENBROCK_STAGES][ROSENBROCK_STAGES - 1] = {
    {0},
    {-14.155112264123755},
    {-17.97296035885952, -2.859693295451294},
    {147.12150275711716, -1.41221402718213, 71.68940251302358},
    {165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306},
    {24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471},
    {30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623,
     -28.087943162872662},
    {37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002,
     -54.66780262877968, -9.48861652309627}};
static const double ROSENBROCK_C[ROSENBROCK_STAGES] = {
    0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1, 1, 1};
static const double ROSENBROCK_D[ROSENBROCK_STAGES] = {0.21193756319429014,
                                                       -0.42387512638858027,
                                                       -0.3384627126235924,
                                                       1.8046452872882734,
                                                       2.325825639765069,
                                                       0,
                                                       0,
                                                       0};
static const double ROSENBROCK_K[ROSENBROCK_DENSE][ROSENBROCK_STAGES] = {
    {25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073,
     1.1241088310450404, 0.4272876194431874, -0.17202221070155493},
    {-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044,
     15.98066361424651, -6.789040303419874, -6.710236069923372},
    {11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654,
     -59.78993625266729, -0.15582684282751913, 4.883087185713722}};

#endif
