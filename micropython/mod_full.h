// SPDX-License-Identifier: MIT
// Names of what MLT_WITH_FULL_API adds. In a file of their own, because a native module holds every
// name that its sources mention: this one is read for those that have it all.
#ifndef MICROLITE_MOD_FULL_H
#define MICROLITE_MOD_FULL_H

#define MLT_PY_NAME_KEEP_ALL MP_QSTR_keep_all
#define MLT_PY_NAME_NAME MP_QSTR_name
#define MLT_PY_NAME_OPS MP_QSTR_ops
#define MLT_PY_NAME_TENSOR MP_QSTR_tensor
#define MLT_PY_NAME_VERSION MP_QSTR___version__

#endif
