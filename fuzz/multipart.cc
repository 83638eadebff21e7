#include <string>

#include "adit/http_server.h"

#include "base/text/text.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(multipart) {
  Input input(bytes);
  http::ServerRequest request;
  request.headers.add("content-type", std::string(input.part()));
  request.body = std::string(input.rest());
  std::size_t size = 0;
  if (const auto fields = accepted([&] { return http::parse_form(request); }))
    for (const auto& [name, value] : *fields) size += name.size() + value.size();
  require(size <= request.body.size(), "fields are not larger than the body");

  // A field whose value is the whole input, unless that contains the boundary.
  request.headers.set("content-type", "multipart/form-data; boundary=b0undary");
  if (bytes.find("b0undary") != std::string_view::npos) return;
  request.body = cat("--b0undary\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n", bytes, "\r\n--b0undary--\r\n");
  const auto one = http::parse_form(request);
  require(one.size() == 1 && one[0].first == "n" && one[0].second == bytes, "a field has the value that was sent");
}
