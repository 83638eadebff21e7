#include "cli/command_line/command.h"

namespace adit::cli {

int& exit_code() {
  static int code = 0;
  return code;
}

}  // namespace adit::cli
