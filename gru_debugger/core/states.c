/* The states of a GRU over many steps, from the input parts of each: the loop of `cell.gru_states`
 * for σ and tanh and nothing edited. Loaded by `engine.py` through ctypes; where there was no
 * compiler at installation, numpy does the same.
 *
 * Why C: numpy's cost is some ten calls a step, of a microsecond each, whatever the size; at 16
 * units they are a hundred times the arithmetic. Why vectors of the compiler's own (GCC, Clang):
 * a block of outputs stays in registers while all of h(t-1) is multiplied into it.
 *
 * Where the weights are larger than the processors' own caches, reading them is all the time there
 * is, and a second thread reads as much again: see `struct team`.
 */
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <sched.h>
#endif

#define LANES 8
#define BLOCK 64 /* outputs at a time: eight vectors of eight, as many registers */
#define SPAN 32
#define LINE 16 /* floats in a line of the cache */
#define AHEAD 512 /* floats: the processor's own guesses end with a page of memory */

typedef float vector __attribute__((vector_size(4 * LANES), aligned(4)));

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

#ifdef _WIN32
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif

/* e^x to about 1e-8 of itself: 2^k times the power series on half a step of log 2. In double, so
 * that a state is off by float's last digit and no more: chaotic models make much of the rest. */
static inline double exponential(double x)
{
    x = x > 700.0 ? 700.0 : x;
    x = x < -700.0 ? -700.0 : x;
    double k = x * 1.4426950408889634 + 6755399441055744.0; /* rounds to whole, in its low bits */
    union { double f; long long i; } shifted = {k}, power;
    k -= 6755399441055744.0;
    double y = x - k * 0.6931471805599453;
    double p = 1.0 / 5040;
    p = p * y + 1.0 / 720;
    p = p * y + 1.0 / 120;
    p = p * y + 1.0 / 24;
    p = p * y + 1.0 / 6;
    p = p * y + 0.5;
    p = p * y + 1.0;
    p = p * y + 1.0;
    power.i = (long long)((unsigned long long)(shifted.i + 1023) << 52);
    return p * power.f;
}

static inline void sigmoid(float *x, long n)
{
    for (long i = 0; i < n; i++) x[i] = (float)(1.0 / (1.0 + exponential(-(double)x[i])));
}

static inline void hyperbolic_tangent(float *x, long n)
{
    for (long i = 0; i < n; i++)
        x[i] = (float)(1.0 - 2.0 / (exponential(2.0 * (double)x[i]) + 1.0));
}

/* Rows of a matrix (rows, n) as blocks of BLOCK rows, transposed: [block][n][BLOCK]. A line of the
 * cache at a time, each of which is read and written once. */
static void pack(const float *w, long rows, long n, float *packed)
{
    for (long first = 0; first < rows; first += BLOCK, packed += n * BLOCK)
        for (long begin = 0; begin < n; begin += LINE)
            for (long r = 0; r < BLOCK && first + r < rows; r++)
                for (long k = begin; k < n && k < begin + LINE; k++)
                    packed[k * BLOCK + r] = w[(first + r) * n + k];
}

/* Products of a block's weights with `count` values of h, added to `out`: eight sums in registers. */
static inline void add_products(const float *weights, const float *h, long count, float *out)
{
    vector a = {0}, b = a, c = a, d = a, e = a, f = a, g = a, i = a;
    vector *sums = (vector *)out;
    for (long k = 0; k < count; k++) {
        const vector *w = (const vector *)(weights + k * BLOCK);
        for (long line = 0; line < BLOCK; line += LINE)
            __builtin_prefetch(weights + k * BLOCK + AHEAD + line);
        a += w[0] * h[k], b += w[1] * h[k], c += w[2] * h[k], d += w[3] * h[k];
        e += w[4] * h[k], f += w[5] * h[k], g += w[6] * h[k], i += w[7] * h[k];
    }
    sums[0] += a, sums[1] += b, sums[2] += c, sums[3] += d;
    sums[4] += e, sums[5] += f, sums[6] += g, sums[7] += i;
}

/* A matrix times a vector, plus the bias: what each block needs. */
struct product {
    const float *packed, *h, *bias;
    float *out;
    long blocks, n;
    int backwards;
};

/* In spans, whose sums are added up, as BLAS does: one long sum would lose more digits. Blocks are
 * taken forwards and `backwards` by turns: where a matrix is larger than the processor's own cache,
 * what was read last is still there and is read first (a tenth to a fifth of the time). */
static inline void multiply_block(const struct product *p, long taken)
{
    long b = p->backwards ? p->blocks - 1 - taken : taken;
    float *out = p->out + b * BLOCK;
    memcpy(out, p->bias + b * BLOCK, BLOCK * sizeof *out);
    for (long k = 0; k < p->n; k += SPAN) {
        long count = p->n - k < SPAN ? p->n - k : SPAN;
        add_products(p->packed + (b * p->n + k) * BLOCK, p->h + k, count, out);
    }
}

/* Two threads at one product after another: whoever is free takes its next block, so that the one
 * that has the states waits for the other at most as long as a block takes, also where that one
 * gets no processor at all. `ticket` is the product's number and how many of its blocks nobody has
 * taken; `done` counts blocks, of all products. Who is `late` once is let go: others have its
 * processor, and each of its turns would be waited for. In zeros at first. */
struct team {
    unsigned long long ticket, done, wanted;
    int ended, late;
    struct product product;
};

#define LEFT 0xffffffffULL /* of a ticket */
#define PATIENCE 4096      /* looks, some 100 µs, before others get the processor */

/* Whether there was a block to take. Nobody writes a product of which a block is not done. */
static inline int take_block(struct team *team)
{
    unsigned long long ticket = __atomic_load_n(&team->ticket, __ATOMIC_ACQUIRE);
    while (ticket & LEFT) {
        if (__atomic_compare_exchange_n(&team->ticket, &ticket, ticket - 1, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_ACQUIRE)) {
            multiply_block(&team->product, team->product.blocks - (long)(ticket & LEFT));
            __atomic_fetch_add(&team->done, 1, __ATOMIC_RELEASE);
            return 1;
        }
    }
    return 0;
}

/* Between two looks at what another thread writes. */
static inline void wait_a_little(long looks)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
#ifndef _WIN32
    if (looks % PATIENCE == PATIENCE - 1) sched_yield();
#endif
}

static inline void multiply(struct team *team, struct product product)
{
    if (!team || team->late) {
        for (long taken = 0; taken < product.blocks; taken++) multiply_block(&product, taken);
        return;
    }
    team->product = product;
    team->wanted += product.blocks;
    unsigned long long number = (team->ticket >> 32) + 1;
    __atomic_store_n(&team->ticket, number << 32 | product.blocks, __ATOMIC_RELEASE);
    while (take_block(team)) {}
    for (long looks = 0; __atomic_load_n(&team->done, __ATOMIC_ACQUIRE) != team->wanted; looks++) {
        wait_a_little(looks);
        team->late = looks > PATIENCE;
    }
}

/* What the other thread does, until it is told that all is over. */
FOR_EACH_PROCESSOR
PUBLIC void gru_help(struct team *team)
{
    for (long looks = 0; !__atomic_load_n(&team->ended, __ATOMIC_ACQUIRE); looks++)
        if (take_block(team))
            looks = 0;
        else
            wait_a_little(looks);
}

PUBLIC void gru_end(struct team *team) { __atomic_store_n(&team->ended, 1, __ATOMIC_RELEASE); }

/* Whether the other thread was waited for in vain. */
PUBLIC int gru_late(const struct team *team) { return team->late; }

PUBLIC long gru_team_size(void) { return sizeof(struct team); }

static long blocks_of(long rows) { return (rows + BLOCK - 1) / BLOCK; }

/* Of n units: matrices of the gates, and of the candidate where it has one of its own, then their
 * biases, all in whole blocks. */
PUBLIC long gru_packed_size(long n, int reset_before)
{
    long wide = blocks_of(reset_before ? 2 * n : 3 * n) * BLOCK;
    long narrow = reset_before ? blocks_of(n) * BLOCK : 0;
    return (wide + narrow) * (n + 1);
}

/* w (3n, n), bias (3n), rows being r, z, n -> packed, which must be zeros. */
PUBLIC void gru_pack(const float *w, const float *bias, long n, int reset_before, float *packed)
{
    long gates = reset_before ? 2 * n : 3 * n, wide = blocks_of(gates) * BLOCK;
    pack(w, gates, n, packed);
    memcpy(packed + wide * n, bias, gates * sizeof *packed);
    if (reset_before) {
        float *candidate = packed + wide * (n + 1);
        pack(w + gates * n, n, n, candidate);
        memcpy(candidate + blocks_of(n) * BLOCK * n, bias + gates, n * sizeof *packed);
    }
}

/* parts (steps, 3n), packed weights, h0 (n) -> states (steps, n). `team` is null, or what another
 * thread helps with in `gru_help`.
 * Returns 0, or 1 where there is not enough memory. */
FOR_EACH_PROCESSOR
PUBLIC int gru_states(const float *parts, const float *packed, const float *h0, long steps, long n,
                      int reset_before, struct team *team, float *states)
{
    long blocks = blocks_of(reset_before ? 2 * n : 3 * n), own = blocks_of(n);
    long wide = blocks * BLOCK;
    float *hidden = calloc(wide + own * BLOCK + 4 * n, sizeof *hidden);
    if (!hidden) return 1;
    float *hidden_n = hidden + wide, *rz = hidden_n + own * BLOCK, *c = rz + 2 * n;
    float *product = c + n;
    const float *b = packed + wide * n, *packed_n = b + wide, *b_n = packed_n + own * BLOCK * n;
    const float *h = h0;

    for (long t = 0; t < steps; t++, parts += 3 * n, states += n) {
        multiply(team, (struct product){packed, h, b, hidden, blocks, n, t & 1});
        for (long i = 0; i < 2 * n; i++) rz[i] = parts[i] + hidden[i];
        sigmoid(rz, 2 * n);
        if (reset_before) {
            for (long i = 0; i < n; i++) product[i] = rz[i] * h[i];
            multiply(team, (struct product){packed_n, product, b_n, hidden_n, own, n, t & 1});
            for (long i = 0; i < n; i++) c[i] = parts[2 * n + i] + hidden_n[i];
        } else {
            for (long i = 0; i < n; i++) c[i] = parts[2 * n + i] + rz[i] * hidden[2 * n + i];
        }
        hyperbolic_tangent(c, n);
        for (long i = 0; i < n; i++) states[i] = (1.0f - rz[n + i]) * c[i] + rz[n + i] * h[i];
        h = states;
    }
    free(hidden);
    return 0;
}
