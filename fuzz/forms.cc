#include <string>

#include "adit/http_server.h"

#include "base/text/text.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(forms) {
  require(form_decode(form_encode(bytes)) == bytes, "decoding an encoded text returns the text");
  const auto fields = accepted([&] { return http::parse_query(bytes); });
  if (!fields) return;
  std::string printed;
  for (const auto& [name, value] : *fields) {
    if (!printed.empty()) printed += '&';
    printed += cat(form_encode(name), '=', form_encode(value));
  }
  require(http::parse_query(printed) == *fields, "a form that is printed reads as itself");
}
