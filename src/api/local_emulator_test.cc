#include "http/client/local_emulator.h"

#include <gtest/gtest.h>

#include "adit/emulator.h"
#include "adit/http_server.h"

#include "base/text/text.h"

namespace adit::http {
namespace {

Environment with(const std::string& env) { return Environment().add_file(EnvFile::parse(env, ".env")); }

const char* const kApi = "https://analytics.adobe.io/discovery/me";

TEST(ProgramEndpoints, route_adobes_apis_to_the_emulator_that_adit_ims_names) {
  const emulator::Emulator ims({});
  for (const auto* slash : {"", "/"}) {
    const auto routes = program_endpoints(with(cat("ADIT_IMS=", ims.origin(), slash, "\n")));
    EXPECT_EQ(routes.apply(kApi), ims.origin() + "/discovery/me");
    EXPECT_EQ(routes.to_string(), ims.routes().to_string()) << "as in a command";
  }
}

TEST(ProgramEndpoints, keep_the_routes_of_adit_endpoints) {
  const emulator::Emulator ims({});
  const auto routes = program_endpoints(
      with(cat("ADIT_IMS=", ims.origin(), "\nADIT_ENDPOINTS=https://api.adobe.io=http://127.0.0.1:9\n")));
  EXPECT_EQ(routes.apply("https://api.adobe.io/x"), "http://127.0.0.1:9/x");
  EXPECT_EQ(routes.apply(kApi), ims.origin() + "/discovery/me");
}

TEST(ProgramEndpoints, are_empty_for_every_other_ims) {
  Server other({.host = "127.0.0.1"}, [](const ServerRequest&) { return ServerResponse::text(200, "{}"); });
  for (const auto& ims : {std::string("prod"), std::string("stage"), other.origin(), std::string("https://ims.example"),
                          std::string("http://127.0.0.1:1"), std::string("nonsense://")})
    EXPECT_TRUE(program_endpoints(with(cat("ADIT_IMS=", ims, "\n"))).empty()) << ims;
}

}  // namespace
}  // namespace adit::http
