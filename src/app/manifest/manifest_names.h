#pragma once

#include "app/project/on_error.h"
#include "app/project/project.h"

namespace adit::app {

/// Refuses two actions or sequences with the same full name (`two_actions`). Warns of sequences whose actions are
/// missing in the project's own packages, of sequences that no platform accepts, and of triggers and rules that two
/// packages define.
void check_names(Project& project, OnError on_error);

}  // namespace adit::app
