#pragma once

#include "adit/action.h"

/// Page views by day, as the Analytics API reports them. 400 where an input is missing, 502 where Analytics refuses.
adit::Response run(const adit::Params& params, const adit::Activation& activation);
