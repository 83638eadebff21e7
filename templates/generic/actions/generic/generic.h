#pragma once

#include "adit/action.h"

/// What the API at API_URL answers. 400 where an input is missing, 502 where the API refuses.
adit::Response run(const adit::Params& params, const adit::Activation& activation);
