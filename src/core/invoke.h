// SPDX-License-Identifier: MIT
// Running subgraphs, and loading those that operators name.
#ifndef MLT_INVOKE_H
#define MLT_INVOKE_H

#include "model.h"

// Run the nodes of a prepared subgraph in order; bounded recursion through operators.
mlt_status_t mlt_run_subgraph(mlt_model_t *m, int subgraph);

// During open: make the tensors and nodes of a subgraph, once, so that it will be prepared.
mlt_status_t mlt_load_subgraph(mlt_model_t *m, int subgraph);

#endif
