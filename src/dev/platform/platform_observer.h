#pragma once

#include <string_view>

#include "adit/error.h"
#include "adit/json.h"

#include "app/project/project.h"
#include "base/trace.h"
#include "dev/host/action_host.h"
#include "dev/host/activation_record.h"

namespace adit::dev {

struct Activated;
struct Configuration;
struct ServedAction;

/// What happens on a platform. Override what you need; the other functions do nothing. They are called on any thread,
/// concurrently. The referenced objects are valid only during the call.
class PlatformObserver {
 public:
  PlatformObserver() = default;
  virtual ~PlatformObserver() = default;
  PlatformObserver(const PlatformObserver&) = delete;
  PlatformObserver& operator=(const PlatformObserver&) = delete;

  /// The configuration was read again, because its files have changed.
  virtual void configuration_read(const Configuration& /*configuration*/) {}
  /// The configuration cannot be read; called once for each error. The last valid one remains in use.
  virtual void configuration_broken(const Error& /*error*/) {}

  virtual void build_started(const app::Action& /*action*/) {}
  /// The compiler or bundler wrote this.
  virtual void build_output(const app::Action& /*action*/, std::string_view /*bytes*/) {}
  virtual void build_failed(const app::Action& /*action*/, const Error& /*error*/) {}
  /// The action was built and can run, for the first time or again.
  virtual void action_ready(const app::Action& /*action*/) {}
  /// A new version of the action gets the new activations from now on. Not called for the first version.
  virtual void action_replaced(const app::Action& /*action*/) {}

  virtual void action_log(const app::Action& /*action*/, LogStream /*stream*/, std::string_view /*bytes*/) {}
  /// The action reported a trace step (base/trace.h), requests included.
  virtual void action_step(const app::Action& /*action*/, const trace::Step& /*step*/) {}

  virtual void activation_began(const ActivationRecord& /*begun*/, const ServedAction& /*served*/) {}
  /// `params` are the action's parameters, inputs included. Not called for an activation that the end of the platform
  /// interrupts.
  virtual void activation_ended(const Activated& /*activated*/, const ServedAction& /*served*/,
                                const json::value& /*params*/) {}
};

}  // namespace adit::dev
