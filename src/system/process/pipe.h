#pragma once

#include "base/descriptor.h"

namespace adit {

/// A pipe. Both ends are close-on-exec, and have high numbers that do not collide with a child's descriptors.
struct Pipe {
  Descriptor read;
  Descriptor write;

  /// Throws Error `pipe_failed`.
  static Pipe make();
};

void set_nonblocking(int fd);

/// Closes the descriptor and returns a close-on-exec copy of it, with a number that does not collide with those that a
/// child gets (0 to 4).
[[nodiscard]] Descriptor move_up(int fd);

}  // namespace adit
