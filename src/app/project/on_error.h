#pragma once

#include <vector>

#include "adit/error.h"

namespace adit::app {

/// What reading does at an error: throws it, or adds it to Project::errors and leaves out the smallest part around it.
enum class OnError { stop, go_on };

/// Calls `run`. With OnError::go_on, adds an error that it throws to `errors`.
template <typename Run>
void guarded(OnError on_error, std::vector<Error>& errors, Run run) {
  if (on_error == OnError::stop) return run();
  try {
    run();
  } catch (const Error& error) {
    errors.push_back(error);
  }
}

}  // namespace adit::app
