#pragma once

#include "adit/action.h"

/// Returns the answer of the API at API_URL. 400 if an input is missing, 502 if the API refuses.
adit::Response run(const adit::Params& params, const adit::Activation& activation);
