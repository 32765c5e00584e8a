/* Functions of the numbers in all lanes of a vector, in place; for processors that have such vectors. */
#ifndef RT_VECTORS_H
#define RT_VECTORS_H

void rt_exp_avx2(double *at);
void rt_log_avx2(double *at);
void rt_pow_avx2(double *at, const double *power);
void rt_exp_avx512(double *at);
void rt_log_avx512(double *at);
void rt_pow_avx512(double *at, const double *power);

#endif
