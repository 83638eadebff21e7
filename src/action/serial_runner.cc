#include "action/serial_runner.h"

#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <utility>

#include <unistd.h>

#include "action/contract.h"

namespace adit {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

json::value SerialRunner::run(json::value message, ActivationEnvironment environment) {
  const auto* properties = message.if_object();
  const auto left = time_to_run(properties != nullptr ? *properties : json::object());
  // Shared, because set_value() may still be running when this thread already has the result.
  const auto promise = std::make_shared<std::promise<Runners::Result>>();
  // A copy of the handler, because an overdue activation may outlive this object.
  auto job = [handler = handler_, environment, message = std::move(message)]() mutable {
    return run_activation(handler, std::move(message), environment);
  };
  runners_.run(std::move(job), steady_clock::now() + left,
               [promise](Runners::Result result) { promise->set_value(std::move(result)); });
  auto result = promise->get_future().get();
  overdue_ = overdue_ || result.outcome != Runners::Outcome::done;
  return result.outcome == Runners::Outcome::done ? std::move(result.value)
                                                  : error_result(error_message(result.outcome));
}

void SerialRunner::exit_if_overdue() const {
  // An activation that has answered may not have left its thread yet. That is no reason to exit here.
  if (!overdue_ || runners_.wait_idle(milliseconds(0))) return;
  std::fflush(nullptr);
  ::_exit(0);
}

}  // namespace adit
