#pragma once

#include <CLI/CLI.hpp>

namespace adit::cli {

/// `adit ims secrets list|add|remove|rotate`.
void add_ims_secrets(CLI::App& ims);

}  // namespace adit::cli
