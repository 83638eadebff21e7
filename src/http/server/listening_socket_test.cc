
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"

#include "base/text/text.h"
#include "http/server/handlers_fixture.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using testing::echo;
using ::testing::HasSubstr;

TEST(Server, listens_on_ipv6) {
  const auto address = testing::second_address();
  const Server server({.host = address}, echo);
  Client client;
  EXPECT_EQ(client.send(Request::get(server.origin() + "/six")).body(), "GET /six  ");
  EXPECT_EQ(server.origin(), cat("http://", testing::url_host(address), ":", server.port()));
}

TEST(Server, listens_at_a_second_host_if_this_machine_has_it) {
  const auto address = testing::second_address();
  const Server both({.second_host = address}, echo);
  Client client;
  EXPECT_EQ(client.send(Request::get(both.origin() + "/four")).body(), "GET /four  ");
  EXPECT_EQ(client.send(Request::get(cat("http://", testing::url_host(address), ":", both.port(), "/six"))).body(),
            "GET /six  ");
  const Server one({.second_host = "192.0.2.1"}, echo);  // no machine has this address (RFC 5737)
  EXPECT_EQ(client.send(Request::get(one.origin() + "/four")).body(), "GET /four  ");
}

TEST(Server, a_second_host_whose_port_is_taken_is_an_error_that_names_it) {
  const auto address = testing::second_address();
  const Server other({.host = address}, echo);
  try {
    const Server server({.port = other.port(), .second_host = address}, echo);
    ADD_FAILURE() << "both listen";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), cat("Cannot listen on ", address, " port ", other.port(), ": Address already in use."));
  }
}

TEST(Server, a_taken_port_is_an_error_that_names_it) {
  const Server server({}, echo);
  try {
    const Server second({.port = server.port()}, echo);
    ADD_FAILURE() << "both listen";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "listen_failed");
    EXPECT_EQ(error.message(), cat("Cannot listen on 127.0.0.1 port ", server.port(), ": Address already in use."));
  }
}

TEST(Server, a_host_that_is_not_this_machine_is_an_error) {
  for (const auto* host : {"192.0.2.1", "no-such-host.invalid"}) {
    try {
      const Server server({.host = host}, echo);
      ADD_FAILURE() << host;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "listen_failed");
      EXPECT_THAT(error.message(), HasSubstr(host));
      EXPECT_THAT(error.hint(), HasSubstr(std::string_view(host) == "192.0.2.1" ? "address" : "127.0.0.1"));
    }
  }
}

}  // namespace
}  // namespace adit::http
