#include "dev/web/media_type.h"

#include "fuzz/target.h"

using namespace adit::dev;
using namespace adit::fuzz;

ADIT_FUZZ(media_type) {
  const auto type = MediaType::parse(bytes);
  if (!type) return;
  require(type->to_string().find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos ||
              bytes.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos,
          "a printed type contains no line end that the input does not have");
  const auto again = MediaType::parse(type->to_string());
  require(again && again->name == type->name && again->parameters == type->parameters &&
              again->is_binary() == type->is_binary(),
          "a type that is printed reads as itself");
}
