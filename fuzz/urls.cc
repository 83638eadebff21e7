#include <string>

#include "adit/emulator.h"
#include "adit/http.h"

#include "base/text/text.h"
#include "fuzz/target.h"
#include "http/server/request_reader.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(urls) {
  if (const auto url = accepted([&] { return http::split_url(bytes); })) {
    const auto again = http::split_url(url->whole());
    require(again.origin == url->origin && again.userinfo == url->userinfo && again.rest == url->rest,
            "a URL that is printed reads as itself");
    require(http::origin_of(url->origin) == url->origin, "the origin of an origin is the same");
    require(url->shown().find('@') == std::string::npos || url->rest.find('@') != std::string::npos,
            "the shown URL has no user");
    static_cast<void>(url->host());
  }
  if (const auto routes = accepted([&] { return http::Endpoints::parse(bytes); })) {
    require(http::Endpoints::parse(routes->to_string()).to_string() == routes->to_string(),
            "routes that are printed read as themselves");
    accepted([&] { return routes->apply("https://ims-na1.adobelogin.com/ims/token/v3"); });
    accepted([&] { return routes->apply(bytes); });
  }
  http::RequestReader reader(1U << 20U, 0);
  reader.put(cat("GET ", bytes, " HTTP/1.1\r\nHost: h\r\n\r\n"));
  const auto& path = reader.request().path;
  if (reader.is_done()) require(path.starts_with('/') || path == "*", "a path begins with a slash");
  // Options of the emulator's command line.
  if (const auto fault = accepted([&] { return emulator::Fault::parse(bytes); }))
    require(emulator::Fault::from_json(fault->to_json_object()).to_json_object() == fault->to_json_object(),
            "a fault that is printed reads as itself");
  accepted([&] { return emulator::Rate::parse(bytes).count; });
}
