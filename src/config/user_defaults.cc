#include "config/user_defaults.h"

namespace adit {
namespace {

EnvFile& stored() {
  static EnvFile file;
  return file;
}

}  // namespace

void set_user_defaults(const EnvFile& file) { stored() = file; }

const EnvFile& user_defaults() { return stored(); }

}  // namespace adit
