// SPDX-License-Identifier: MIT
// What an FFT computes beforehand: its radixes, and sines and cosines to the last bits of a double.

#include "../kernels/fft.h"

// 4 as often as possible, then 2, 3 and 5: the order decides how results are rounded.
bool mlt_fft_init(mlt_fft_t *f, int32_t points, bool inverse) {
    static const uint8_t radixes[] = {4, 2, 3, 5};
    bool quarter = (points & (points - 1)) == 0;
    *f = (mlt_fft_t){.points = points, .inverse = inverse, .quarter = quarter};
    int32_t rest = points / 2;
    for (size_t i = 0; i < sizeof(radixes); ++i) {
        for (; rest > 1 && rest % radixes[i] == 0; rest /= radixes[i]) {
            f->radixes |= (radixes[i] - 2u) << (2 * f->stages++);
        }
    }
    return points % 2 == 0 && rest <= 1;
}

int32_t mlt_fft_table_count(const mlt_fft_t *f) {
    int32_t n = f->points / 2;
    return f->quarter ? f->points / 4 + 1 : 2 * (n + n / 2);
}

// cos(pi / 2 * x / y), 0 <= x <= y: two series.
static double cosine_in_quarter(int32_t x, int32_t y) {
    const double half_pi = 1.57079632679489661923;
    bool near = 2 * x <= y;
    double angle = half_pi * (double)(near ? x : y - x) / (double)y;
    double square = angle * angle, term = near ? 1.0 : angle, sum = 0.0;
    double terms[10];
    for (int32_t k = 0; k < 10; ++k) {
        terms[k] = term;
        int32_t at = near ? 2 * k + 1 : 2 * k + 2;
        term = -term * square / (double)(at * (at + 1));
    }
    for (int32_t k = 9; k >= 0; --k) { // the smallest first
        sum += terms[k];
    }
    return sum;
}

// cos(x / y turns - `back` quarters), 0 <= x <= y
static double cosine(int32_t x, int32_t y, int32_t back) {
    int32_t turn = 4 * x / y, rest = 4 * x - turn * y;
    turn = (turn - back) & 3;
    double c = cosine_in_quarter(turn & 1 ? y - rest : rest, y);
    return turn == 1 || turn == 2 ? -c : c;
}

// The same where it is 1/2 or -1/2, so that the last bit of the angle decides how a product with an
// odd number is rounded: of the angle as the reference computes it, in double.
static double cosine_of_half(double angle, int32_t twelfth, int32_t back) {
    const double high = 0x1.0c152382d7p-1, low = 0x1.b2c232dd99708p-44; // pi / 6
    const double slope = 0.86602540378443864676;                        // sin(pi / 3)
    double off = angle - (double)twelfth * high - (double)twelfth * low;
    twelfth = (twelfth + 12 - 3 * back) % 12;
    return (twelfth == 2 || twelfth == 10 ? 0.5 : -0.5) + (twelfth < 6 ? -slope : slope) * off;
}

static void put(void *table, mlt_fft_type_t type, int32_t i, double c) {
    if (type == MLT_FFT_F32) {
        ((float *)table)[i] = (float)c;
        return;
    }
    double x = 0.5 + (type == MLT_FFT_S16 ? (double)INT16_MAX : (double)INT32_MAX) * c;
    int32_t down = (int32_t)x;
    down -= (double)down > x;
    if (type == MLT_FFT_S16) {
        ((int16_t *)table)[i] = (int16_t)down;
    } else {
        ((int32_t *)table)[i] = down;
    }
}

// e^(-i angle) as complex number i, or its conjugate; the angle is x / y of a turn.
static void put_turned(const mlt_fft_t *f, void *table, mlt_fft_type_t type, int32_t i, int32_t x,
    int32_t y, double angle) {
    int32_t twelfth = 12 * x % y == 0 ? 12 * x / y : 0;
    for (int32_t back = 0; back < 2; ++back) {
        int32_t from = (twelfth + 12 - 3 * back) % 12;
        bool half = twelfth > 0 && from % 2 == 0 && from % 6 != 0;
        double c = half ? cosine_of_half(angle, twelfth, back) : cosine(x, y, back);
        put(table, type, 2 * i + back, back && !f->inverse ? -c : c);
    }
}

void mlt_fft_fill(const mlt_fft_t *f, void *table, mlt_fft_type_t type) {
    const double pi = 3.14159265358979323846;
    int32_t n = f->points / 2;
    for (int32_t i = 0; i <= f->points / 4 && f->quarter; ++i) {
        put(table, type, i, cosine_in_quarter(4 * i, f->points));
    }
    for (int32_t i = 0; i < n && !f->quarter; ++i) {
        put_turned(f, table, type, i, i, n, 2.0 * pi * (double)i / (double)n);
    }
    for (int32_t k = 1; k <= n / 2 && !f->quarter; ++k) {
        double angle = pi * ((double)k / (double)n + 0.5);
        put_turned(f, table, type, n + k - 1, 2 * k + n, 4 * n, angle);
    }
}
