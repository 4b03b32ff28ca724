/* The states of a GRU over many steps, from the input parts of each: the loop of `cell.gru_states`
 * for σ and tanh and nothing edited. Loaded by `engine.py` through ctypes; where there was no
 * compiler at installation, numpy does the same.
 *
 * Why C: numpy's cost is some ten calls a step, of a microsecond each, whatever the size; at 16
 * units they are a hundred times the arithmetic. Why vectors of the compiler's own (GCC, Clang):
 * a block of outputs stays in registers while all of h(t-1) is multiplied into it.
 */
#include <stdlib.h>
#include <string.h>

#define LANES 8
#define BLOCK 64 /* outputs at a time: eight vectors of eight, as many registers */

typedef float vector __attribute__((vector_size(4 * LANES), aligned(4)));

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

#ifdef _WIN32
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif

/* e^x to about 1e-7 of itself: 2^k times a polynomial on half a step of log 2 (Cephes' numbers). */
static inline float exponential(float x)
{
    x = x > 87.0f ? 87.0f : x;
    x = x < -87.0f ? -87.0f : x;
    float k = x * 1.44269504f + 12582912.0f; /* rounds to a whole number, in its lowest bits */
    union { float f; int i; } shifted = {k}, power;
    k -= 12582912.0f;
    float y = x - k * 0.693359375f + k * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * y + 1.3981999507e-3f;
    p = p * y + 8.3334519073e-3f;
    p = p * y + 4.1665795894e-2f;
    p = p * y + 1.6666665459e-1f;
    p = p * y + 5.0000001201e-1f;
    p = p * y * y + y + 1.0f;
    power.i = (shifted.i + 127) << 23;
    return p * power.f;
}

static inline void sigmoid(float *x, long n)
{
    for (long i = 0; i < n; i++) x[i] = 1.0f / (1.0f + exponential(-x[i]));
}

static inline void hyperbolic_tangent(float *x, long n)
{
    for (long i = 0; i < n; i++) x[i] = 1.0f - 2.0f / (exponential(2.0f * x[i]) + 1.0f);
}

/* Rows of a matrix (rows, n) as blocks of BLOCK rows, transposed: [block][n][BLOCK]. */
static void pack(const float *w, long rows, long n, float *packed)
{
    for (long r = 0; r < rows; r++)
        for (long k = 0; k < n; k++)
            packed[(r / BLOCK * n + k) * BLOCK + r % BLOCK] = w[r * n + k];
}

static inline void multiply(const float *packed, const float *h, const float *bias, long blocks,
                            long n, float *out)
{
    for (long b = 0; b < blocks; b++, packed += n * BLOCK) {
        vector sums[BLOCK / LANES];
        memcpy(sums, bias + b * BLOCK, sizeof sums);
        for (long k = 0; k < n; k++) {
            const vector *w = (const vector *)(packed + k * BLOCK);
            for (int j = 0; j < BLOCK / LANES; j++) sums[j] += w[j] * h[k];
        }
        memcpy(out + b * BLOCK, sums, sizeof sums);
    }
}

static long blocks_of(long rows) { return (rows + BLOCK - 1) / BLOCK; }

/* parts (steps, 3n), w (3n, n), bias (3n), h0 (n) -> states (steps, n); rows are r, z, n.
 * Returns 0, or 1 where there is not enough memory. */
FOR_EACH_PROCESSOR
PUBLIC int gru_states(const float *parts, const float *w, const float *bias, const float *h0,
                      long steps, long n, int reset_before, float *states)
{
    long gates = reset_before ? 2 * n : 3 * n, blocks = blocks_of(gates), own = blocks_of(n);
    long wide = blocks * BLOCK, narrow = own * BLOCK;
    float *memory = calloc((wide + narrow) * n + 2 * wide + 2 * narrow + 4 * n, sizeof *memory);
    if (!memory) return 1;
    float *packed = memory, *packed_n = packed + wide * n, *b = packed_n + narrow * n;
    float *b_n = b + wide, *hidden = b_n + narrow, *hidden_n = hidden + wide;
    float *rz = hidden_n + narrow, *c = rz + 2 * n, *product = c + n;
    const float *h = h0;

    pack(w, gates, n, packed);
    memcpy(b, bias, gates * sizeof *b);
    if (reset_before) {
        pack(w + 2 * n * n, n, n, packed_n);
        memcpy(b_n, bias + 2 * n, n * sizeof *b);
    }
    for (long t = 0; t < steps; t++, parts += 3 * n, states += n) {
        multiply(packed, h, b, blocks, n, hidden);
        for (long i = 0; i < 2 * n; i++) rz[i] = parts[i] + hidden[i];
        sigmoid(rz, 2 * n);
        if (reset_before) {
            for (long i = 0; i < n; i++) product[i] = rz[i] * h[i];
            multiply(packed_n, product, b_n, own, n, hidden_n);
            for (long i = 0; i < n; i++) c[i] = parts[2 * n + i] + hidden_n[i];
        } else {
            for (long i = 0; i < n; i++) c[i] = parts[2 * n + i] + rz[i] * hidden[2 * n + i];
        }
        hyperbolic_tangent(c, n);
        for (long i = 0; i < n; i++) states[i] = (1.0f - rz[n + i]) * c[i] + rz[n + i] * h[i];
        h = states;
    }
    free(memory);
    return 0;
}
