// SPDX-License-Identifier: MIT
// Move an n-dimensional block of elements between two layouts.

#include "move.h"

#include <string.h>

#include "../quant.h"

void mlt_move_start(mlt_move_t *m, size_t size) {
    m->run = 1;
    m->size = (int16_t)size;
    m->dims = 0;
}

void mlt_move_wrap(mlt_move_t *m, int32_t count, int32_t from, int32_t to) {
    if (count == 1) {
        return;
    }
    mlt_move_dim_t *last = m->dims ? &m->dim[m->dims - 1] : NULL;
    if (count <= 0 || m->run == 0) {
        m->run = 0;
    } else if (!last && from == m->run && to == m->run) {
        m->run *= count;
    } else if (last && from == mlt_mul_wrap(last->from, last->count) &&
               to == mlt_mul_wrap(last->to, last->count)) { // the op refuses what wraps
        last->count *= count;
    } else {
        m->dim[m->dims++] = (mlt_move_dim_t){count, from, to};
    }
}

// The innermost loop. Pieces of a constant size become loads and stores.
#define ROW(bytes)                                                                                 \
    for (int32_t i = 0; i < count; ++i) {                                                          \
        memcpy(to + i * to_step, from + i * from_step, bytes);                                     \
    }

static void move_row(const uint8_t *from, ptrdiff_t from_step, uint8_t *to, ptrdiff_t to_step,
    int32_t count, size_t bytes) {
    switch (bytes) {
    case 1:
        ROW(1)
        break;
    case 2:
        ROW(2)
        break;
    case 4:
        ROW(4)
        break;
    case 8:
        ROW(8)
        break;
    default:
        ROW(bytes)
    }
}

void mlt_move(const mlt_move_t *m, const void *from, void *to) {
    if (m->run == 0) {
        return;
    }
    size_t bytes = (size_t)m->run * (size_t)m->size;
    if (m->dims == 0) {
        memcpy(to, from, bytes);
        return;
    }
    const mlt_move_dim_t *row = &m->dim[0];
    int32_t index[MLT_MOVE_DIMS] = {0};
    ptrdiff_t size = m->size, x = 0, y = 0;
    for (int i = 1;;) {
        move_row((const uint8_t *)from + x, row->from * size, (uint8_t *)to + y, row->to * size,
            row->count, bytes);
        for (i = 1; i < m->dims; ++i) {
            const mlt_move_dim_t *d = &m->dim[i];
            x += d->from * size;
            y += d->to * size;
            if (++index[i] < d->count) {
                break;
            }
            x -= d->from * size * d->count;
            y -= d->to * size * d->count;
            index[i] = 0;
        }
        if (i >= m->dims) {
            return;
        }
    }
}

void mlt_move_runs(int32_t count, int32_t run, size_t size, const void *from, int32_t from_step,
    void *to, int32_t to_step) {
    mlt_move_t m;
    mlt_move_start(&m, size);
    mlt_move_wrap(&m, run, 1, 1);
    mlt_move_wrap(&m, count, from_step, to_step);
    mlt_move(&m, from, to);
}

// Doubles what is there already.
void mlt_fill(void *to, int32_t count, const void *element, size_t size) {
    if (count <= 0) {
        return;
    }
    if (size == 1) {
        memset(to, *(const uint8_t *)element, (size_t)count);
        return;
    }
    size_t bytes = (size_t)count * size, done = size;
    memcpy(to, element, size);
    while (done < bytes) {
        size_t more = done < bytes - done ? done : bytes - done;
        memcpy((uint8_t *)to + done, to, more);
        done += more;
    }
}
