#pragma once

#include "adit/action.h"

/// Returns page views by day, as the Analytics API reports them. 400 if an input is missing, 502 if Analytics refuses.
adit::Response run(const adit::Params& params, const adit::Activation& activation);
