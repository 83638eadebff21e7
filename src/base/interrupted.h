#pragma once

#include "adit/error.h"

namespace adit {

/// Thrown when the user interrupts the work (Ctrl-C, SIGTERM). It has its own type so that code that reports errors can
/// rethrow it: `catch (const Interrupted&) { throw; } catch (const Error& error) { … }`.
class Interrupted : public Error {
 public:
  Interrupted() : Error(Error::failure("interrupted", "Interrupted.")) {}
};

}  // namespace adit
