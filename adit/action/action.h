#pragma once

// Everything that an action needs: Params in, Response out, Activation, Logger, the template's helpers, and main().

#include <concepts>
#include <utility>

#include "adit/action/activation.h"
#include "adit/action/contract.h"
#include "adit/action/inputs.h"
#include "adit/action/logger.h"
#include "adit/action/params.h"
#include "adit/action/response.h"

#pragma GCC visibility push(default)

namespace adit {

/// Makes a Handler of what an action is: a function of (params, activation) or of (params) that returns a Response, or
/// a JSON object, array or value.
template <typename Run>
[[nodiscard]] Handler make_handler(Run run) {
  if constexpr (std::invocable<Run&, const Params&, const Activation&>) {
    return [run = std::move(run)](const Params& params, const Activation& activation) mutable {
      return Response(run(params, activation));
    };
  } else {
    static_assert(std::invocable<Run&, const Params&>,
                  "an action takes (const adit::Params&) or (const adit::Params&, const adit::Activation&)");
    return [run = std::move(run)](const Params& params, const Activation&) mutable { return Response(run(params)); };
  }
}

}  // namespace adit

/// Defines main() for the action `run`; stands once in a program, outside every namespace.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define ADIT_ACTION(run) \
  int main(int argc, char** argv) { return adit::serve_action(adit::make_handler(run), argc, argv); }

#pragma GCC visibility pop
