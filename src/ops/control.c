// SPDX-License-Identifier: MIT
// IF, WHILE, CALL_ONCE, STABLEHLO_COMPOSITE: run other subgraphs.
//
// Tensors are copied into a subgraph before it runs and out of it afterwards. A loop ends when its
// condition says so; the engine stops one that goes on for ever (MLT_MAX_RUNS). Handles of
// variables are passed in prepare, but for outputs of IF: which variable they name, eval finds out.

#include "util.h"

#include <string.h>

// Subgraphs that a node runs: THEN and ELSE of IF, CONDITION and BODY of WHILE, else the first.
typedef struct control {
    int first, second;
} control_t;

// What an output of IF (or STABLEHLO_COMPOSITE) names is known when a subgraph has run: this stands
// for it until then. The nodes behind it use it as a variable; `data` goes where that of the chosen
// one is.
typedef struct choice {
    mlt_variable_t variable;
    mlt_variable_t *target; // NULL until IF has run
    void *own;              // memory for a variable that no other node uses, until it is given away
} choice_t;

// --- prepare

// The subgraph takes `inputs` tensors and gives `outputs`.
static mlt_status_t call(
    mlt_ctx_t *ctx, const mlt_node_t *node, int subgraph, int inputs, int outputs) {
    MLT_TRY(ctx->svc->call(ctx, subgraph));
    for (int i = 0; i < 2; ++i) {
        int wanted = i ? outputs : inputs, found = 0;
        while (i ? ctx->svc->subgraph_output(ctx, subgraph, found)
                 : ctx->svc->subgraph_input(ctx, subgraph, found)) {
            ++found;
        }
        if (found != wanted) {
            return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_NODE, "subgraph %d has %d %s, want %d",
                subgraph, found, i ? MLT_WORD("outputs") : MLT_WORD("inputs"), wanted);
        }
    }
    return MLT_OK;
}

// The file leaves open how large the tensor of the subgraph is, in the dimensions that differ.
static bool may_grow(const mlt_ctx_t *ctx, const mlt_tensor_t *theirs, const mlt_tensor_t *ours) {
    bool good = theirs->rank == ours->rank;
    for (int i = 0; i < ours->rank && good; ++i) {
        good = theirs->dims[i] == ours->dims[i] ||
               (theirs->dims[i] < ours->dims[i] && mlt_is_open(ctx, theirs, i));
    }
    return good;
}

// A tensor of the node and its counterpart in the subgraph hold the same elements. The subgraph is
// prepared later than this node, and sees a shape that is given here.
static mlt_status_t want_match(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, int subgraph, mlt_tensor_t *theirs) {
    const mlt_tensor_t *ours = mlt_slot(ctx, node, slot);
    if (!ours) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "missing");
    }
    if (ours->type != theirs->type) {
        return mlt_fail(ctx, node, MLT_ERR_TYPE, slot, "type %t, but subgraph %d has %t",
            ours->type, subgraph, theirs->type);
    }
    int32_t found = mlt_elements(ours), wanted = mlt_elements(theirs);
    if (found != wanted && may_grow(ctx, theirs, ours)) {
        MLT_TRY(ctx->svc->set_dims(ctx, theirs, ours->rank, ours->dims));
    } else if (found != wanted) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, slot, "%d elements, but subgraph %d has %d",
            found, subgraph, wanted);
    }
    bool handle = ours->type == MLT_RESOURCE;
    if (handle && (theirs->flags & (MLT_TENSOR_CONST | MLT_TENSOR_VARIABLE))) {
        return mlt_fail(
            ctx, node, MLT_ERR_MODEL, slot, "subgraph %d has a constant for it", subgraph);
    }
    if (mlt_type_size((mlt_type_t)ours->type) == 0 && !handle) {
        return mlt_fail(
            ctx, node, MLT_ERR_TYPE, slot, "type %t, want one of a fixed size", ours->type);
    }
    return MLT_OK;
}

// A handle of a variable has no bytes: what it names is known in prepare (see variable.c), and
// passed on then.
static mlt_status_t pass_handle(
    mlt_ctx_t *ctx, const mlt_node_t *node, int slot, const mlt_tensor_t *from, mlt_tensor_t *to) {
    if (!from->data || (to->data && to->data != from->data)) {
        return mlt_fail(ctx, node, MLT_ERR_MODEL, slot, "names %s, want one variable",
            from->data ? MLT_WORD("different variables") : MLT_WORD("no variable"));
    }
    to->data = from->data;
    to->flags |= MLT_TENSOR_FIXED;
    return MLT_OK;
}

// Inputs first, first + 1 ... of the node go into a subgraph.
static mlt_status_t want_inputs(mlt_ctx_t *ctx, const mlt_node_t *node, int first, int subgraph) {
    for (int i = first; i < node->input_count; ++i) {
        mlt_tensor_t *to = ctx->svc->subgraph_input(ctx, subgraph, i - first);
        MLT_TRY(want_match(ctx, node, MLT_IN(i), subgraph, to));
        if (mlt_is_const(to) && mlt_bytes(to)) {
            return mlt_fail(
                ctx, node, MLT_ERR_MODEL, MLT_IN(i), "subgraph %d has a constant for it", subgraph);
        }
        if (to->type == MLT_RESOURCE) {
            MLT_TRY(pass_handle(ctx, node, MLT_IN(i), mlt_in(ctx, node, i), to));
        }
    }
    return MLT_OK;
}

static mlt_status_t want_outputs(mlt_ctx_t *ctx, const mlt_node_t *node, int subgraph) {
    for (int i = 0; i < node->output_count; ++i) {
        mlt_tensor_t *from = ctx->svc->subgraph_output(ctx, subgraph, i);
        MLT_TRY(want_match(ctx, node, MLT_OUT(i), subgraph, from));
    }
    return MLT_OK;
}

static mlt_status_t want_condition(mlt_ctx_t *ctx, const mlt_node_t *node, int subgraph) {
    const mlt_tensor_t *t = ctx->svc->subgraph_output(ctx, subgraph, 0);
    return t->type == MLT_BOOL && mlt_elements(t) == 1
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_TYPE, MLT_NODE,
                     "subgraph %d gives %d elements of %t, want one BOOL", subgraph,
                     mlt_elements(t), t->type);
}

static mlt_status_t prepare_choices(mlt_ctx_t *ctx, const mlt_node_t *node) {
    for (int i = 0; i < node->output_count; ++i) {
        mlt_tensor_t *y = mlt_out(ctx, node, i);
        if (y->type != MLT_RESOURCE) {
            continue;
        }
        MLT_TRY(mlt_want_count(ctx, node, MLT_OUT(i), 1));
        choice_t *choice = mlt_alloc(ctx, sizeof(*choice));
        if (!choice) {
            return MLT_ERR_ARENA;
        }
        choice->variable.chosen = true;
        if (y->data || (y->flags & MLT_TENSOR_VARIABLE)) {
            return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_OUT(i), "has a value, want room for one");
        }
        y->data = choice;
        y->flags |= MLT_TENSOR_FIXED;
    }
    return MLT_OK;
}

// A subgraph that takes the node's inputs from `first` on and gives its outputs.
static mlt_status_t want_branch(mlt_ctx_t *ctx, const mlt_node_t *node, int first, int subgraph) {
    MLT_TRY(call(ctx, node, subgraph, node->input_count - first, node->output_count));
    MLT_TRY(want_inputs(ctx, node, first, subgraph));
    return want_outputs(ctx, node, subgraph);
}

static mlt_status_t if_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), MLT_T(BOOL)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(0), 1));
    control_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->first = mlt_option(node, IF_THEN_SUBGRAPH_INDEX);
    d->second = mlt_option(node, IF_ELSE_SUBGRAPH_INDEX);
    for (int i = 0; i < 2; ++i) {
        MLT_TRY(want_branch(ctx, node, 1, i ? d->second : d->first));
    }
    return prepare_choices(ctx, node);
}

// The subgraph says with other operators what this one does.
static mlt_status_t composite_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    control_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->first = mlt_option(node, STABLE_HLO_COMPOSITE_DECOMPOSITION_SUBGRAPH_INDEX);
    MLT_TRY(want_branch(ctx, node, 0, d->first));
    return prepare_choices(ctx, node);
}

// Outputs of WHILE that the file leaves open are as large as the inputs.
static mlt_status_t grow_outputs(mlt_ctx_t *ctx, const mlt_node_t *node) {
    for (int i = 0; i < node->output_count; ++i) {
        const mlt_tensor_t *x = mlt_in(ctx, node, i);
        mlt_tensor_t *y = mlt_out(ctx, node, i);
        if (mlt_elements(x) != mlt_elements(y) && may_grow(ctx, y, x)) {
            MLT_TRY(ctx->svc->set_dims(ctx, y, x->rank, x->dims));
        }
    }
    return MLT_OK;
}

static mlt_status_t while_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    int n = node->input_count;
    if (node->output_count != n) {
        return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_NODE, "%d outputs, want %d as of inputs",
            node->output_count, n);
    }
    control_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->first = mlt_option(node, WHILE_COND_SUBGRAPH_INDEX);
    d->second = mlt_option(node, WHILE_BODY_SUBGRAPH_INDEX);
    MLT_TRY(call(ctx, node, d->first, n, 1));
    MLT_TRY(call(ctx, node, d->second, n, n));
    MLT_TRY(want_condition(ctx, node, d->first));
    MLT_TRY(want_inputs(ctx, node, 0, d->first));
    MLT_TRY(want_inputs(ctx, node, 0, d->second));
    MLT_TRY(grow_outputs(ctx, node));
    MLT_TRY(want_outputs(ctx, node, d->second));
    for (int i = 0; i < n; ++i) {
        mlt_tensor_t *x = mlt_in(ctx, node, i), *y = mlt_out(ctx, node, i);
        if (x->type != y->type || mlt_elements(x) != mlt_elements(y)) {
            return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(i), "not as large as input %d", i);
        }
        if (x->type == MLT_RESOURCE) {
            MLT_TRY(pass_handle(ctx, node, MLT_OUT(i), x, y));
        }
    }
    return MLT_OK;
}

static mlt_status_t call_once_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    control_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->first = mlt_option(node, CALL_ONCE_INIT_SUBGRAPH_INDEX);
    return call(ctx, node, d->first, 0, 0);
}

// --- eval

// What prepare compared may have grown since, in a subgraph that was prepared later. A handle may
// not have become another one.
static mlt_status_t copy(
    mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_tensor_t *from, const mlt_tensor_t *to) {
    size_t bytes = mlt_bytes(from), wanted = mlt_bytes(to);
    if (bytes != wanted) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_NODE,
            "a tensor of a subgraph has %d bytes, want %d", (int)bytes, (int)wanted);
    }
    if (from->type == MLT_RESOURCE && from->data != to->data) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_NODE, "a subgraph gives another variable");
    }
    if (bytes && from->data != to->data) {
        memcpy(to->data, from->data, bytes);
    }
    return MLT_OK;
}

// Let an output of IF stand for the variable that a subgraph names.
static mlt_status_t choose(
    mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_tensor_t *from, const mlt_tensor_t *to) {
    // Without a node that says what it names, a handle has an address in the plan instead.
    mlt_variable_t *target = from->flags & MLT_TENSOR_FIXED ? from->data : NULL, *v = to->data;
    if (!v->chosen) { // another node has made the output its own
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_NODE, "an output has two sources");
    }
    choice_t *choice = (choice_t *)v;
    if (target && target->chosen) {
        target = ((choice_t *)target)->target;
    }
    if (!target) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_NODE, "a subgraph names no variable");
    }
    if (!choice->target) {
        choice->own = v->data;
    }
    choice->target = target;
    if (!v->data) { // nobody reads or writes it
        return MLT_OK;
    }
    if (!target->data && choice->own) {
        *target = (mlt_variable_t){choice->own, v->bytes, v->type, v->fill, false};
        choice->own = NULL;
        memset(target->data, target->fill, target->bytes);
    }
    if (!target->data || target->bytes != v->bytes || target->type != v->type) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_NODE,
            "a subgraph names a variable of %d bytes of %t, want %d of %t",
            target->data ? (int)target->bytes : 0, target->type, (int)v->bytes, v->type);
    }
    v->data = target->data;
    return MLT_OK;
}

static mlt_status_t copy_out(mlt_ctx_t *ctx, const mlt_node_t *node, int subgraph) {
    for (int i = 0; i < node->output_count; ++i) {
        MLT_TRY(
            copy(ctx, node, ctx->svc->subgraph_output(ctx, subgraph, i), mlt_out(ctx, node, i)));
    }
    return MLT_OK;
}

static mlt_status_t run_branch(mlt_ctx_t *ctx, const mlt_node_t *node, int first, int subgraph) {
    for (int i = first; i < node->input_count; ++i) {
        const mlt_tensor_t *to = ctx->svc->subgraph_input(ctx, subgraph, i - first);
        MLT_TRY(copy(ctx, node, mlt_in(ctx, node, i), to));
    }
    MLT_TRY(ctx->svc->run(ctx, subgraph));
    for (int i = 0; i < node->output_count; ++i) {
        const mlt_tensor_t *from = ctx->svc->subgraph_output(ctx, subgraph, i);
        const mlt_tensor_t *to = mlt_out(ctx, node, i);
        MLT_TRY(to->type == MLT_RESOURCE ? choose(ctx, node, from, to) : copy(ctx, node, from, to));
    }
    return MLT_OK;
}

static mlt_status_t if_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const control_t *d = node->data;
    bool chosen = *(const uint8_t *)mlt_in(ctx, node, 0)->data;
    return run_branch(ctx, node, 1, chosen ? d->first : d->second);
}

static mlt_status_t composite_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    return run_branch(ctx, node, 0, ((const control_t *)node->data)->first);
}

// Run a subgraph of WHILE on what the outputs hold.
static mlt_status_t step(mlt_ctx_t *ctx, const mlt_node_t *node, int subgraph) {
    for (int i = 0; i < node->output_count; ++i) {
        MLT_TRY(copy(ctx, node, mlt_out(ctx, node, i), ctx->svc->subgraph_input(ctx, subgraph, i)));
    }
    return ctx->svc->run(ctx, subgraph);
}

// The outputs hold the loop's values from one turn to the next.
static mlt_status_t while_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const control_t *d = node->data;
    for (int i = 0; i < node->input_count; ++i) {
        MLT_TRY(copy(ctx, node, mlt_in(ctx, node, i), mlt_out(ctx, node, i)));
    }
    for (;;) {
        MLT_TRY(step(ctx, node, d->first));
        if (!*(const uint8_t *)ctx->svc->subgraph_output(ctx, d->first, 0)->data) {
            return MLT_OK;
        }
        MLT_TRY(step(ctx, node, d->second));
        MLT_TRY(copy_out(ctx, node, d->second));
    }
}

// `second` says that it has been done, since the model was opened or reset.
static mlt_status_t call_once_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    control_t *d = node->data;
    if (!d->second) {
        MLT_TRY(ctx->svc->run(ctx, d->first));
        d->second = 1;
    }
    return MLT_OK;
}

static void call_once_reset(mlt_ctx_t *ctx, const mlt_node_t *node) {
    (void)ctx;
    ((control_t *)node->data)->second = 0;
}

MLT_DEFINE_OP_OF(if, IF, 1, 255, 0, 255, if_prepare, if_eval)
MLT_DEFINE_OP_OF(
    stablehlo_composite, STABLEHLO_COMPOSITE, 1, 255, 0, 255, composite_prepare, composite_eval)
MLT_DEFINE_OP_OF(while, WHILE, 1, 255, 0, 255, while_prepare, while_eval)

const mlt_op_t mlt_op_call_once = {
    .name = "CALL_ONCE",
    .code = MLT_OP_CALL_ONCE,
    .prepare = call_once_prepare,
    .eval = call_once_eval,
    .reset = call_once_reset,
};
