// SPDX-License-Identifier: MIT
// Running subgraphs, and loading those that operators name.
#ifndef MLT_INVOKE_H
#define MLT_INVOKE_H

#include "model.h"

// Run the nodes of a prepared subgraph in order; bounded recursion through operators.
mlt_status_t mlt_run_subgraph(mlt_model_t *m, int subgraph);

// Run one node of the subgraph that m->ctx and m->subgraph stand for, and see to it that an error
// has a text.
mlt_status_t mlt_eval_node(mlt_model_t *m, const mlt_node_t *node);

// During open: make the tensors and nodes of a subgraph, once, so that it will be prepared.
mlt_status_t mlt_load_subgraph(mlt_model_t *m, int subgraph);

#endif
