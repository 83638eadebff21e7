#pragma once

#include "adit/error.h"

namespace adit {

/// Thrown where work ends because the user asked for it (Ctrl-C, SIGTERM). A type of its own, so that whoever reports
/// failures can let it pass: `catch (const Interrupted&) { throw; } catch (const Error& error) { … }`.
class Interrupted : public Error {
 public:
  Interrupted() : Error(Error::failure("interrupted", "Interrupted.")) {}
};

}  // namespace adit
