#include "http/server/local_access.h"

#include <gmock/gmock.h>

#include "adit/error.h"

namespace adit::http {
namespace {

using ::testing::HasSubstr;

ServerRequest request(Headers headers, std::string method = "GET") {
  ServerRequest made;
  made.method = std::move(method);
  made.path = "/";
  made.headers = std::move(headers);
  return made;
}

bool answers(const LocalAccess& access, Headers headers) { return !access.denial(request(std::move(headers))); }

TEST(LocalAccess, answers_programs_that_are_not_browsers) {
  const LocalAccess access;
  EXPECT_TRUE(answers(access, {}));
  EXPECT_TRUE(answers(access, {{"Host", "127.0.0.1:9080"}}));
  EXPECT_TRUE(
      answers(access, {{"Host", "localhost:9080"}, {"User-Agent", "curl/8"}, {"Referer", "https://a.example/"}}));
}

TEST(LocalAccess, accepts_every_spelling_of_this_machine) {
  const LocalAccess access;
  for (const auto* host : {"localhost", "LocalHost:1", "localhost.", "localhost.:80", "app.localhost:3000", "127.0.0.1",
                           "127.1.2.3:65535", "[::1]", "[::1]:9080", "[0:0:0:0:0:0:0:1]:9080"}) {
    EXPECT_TRUE(answers(access, {{"Host", host}})) << host;
  }
}

TEST(LocalAccess, refuses_every_other_host) {
  const LocalAccess access;
  for (const auto* host : {"evil.example",
                           "evil.example:9080",
                           "localhost.evil.example",
                           "evil-localhost",
                           "notlocalhost",
                           "localhost.evil",
                           "127.0.0.1.evil.example",
                           "127.evil.example",
                           "127.0.0.1@evil.example",
                           "evil.example@localhost",
                           "localhost:9080@evil.example",
                           "localhost:80:80",
                           "localhost:http",
                           "localhost:",
                           "localhost:99999",
                           "localhost..",
                           ".localhost",
                           "localhost evil.example",
                           "localhost/",
                           "localhost,evil.example",
                           "localhost\tx",
                           "[::1",
                           "::1",
                           "[::1].evil.example",
                           "[::1]evil",
                           "[::1%eth0]",
                           "[::ffff:127.0.0.1]",
                           "[::]",
                           "0.0.0.0:9080",
                           "0",
                           "2130706433",
                           "0x7f000001",
                           "127.1",
                           "0177.0.0.1",
                           "192.168.0.1",
                           "x",
                           "\xC5\x82ocalhost",
                           "",
                           "[",
                           "]:80",
                           "[]:80"}) {
    EXPECT_FALSE(answers(access, {{"Host", host}})) << host;
  }
  EXPECT_FALSE(answers(access, {{"Host", std::string(300, 'a')}}));
  EXPECT_FALSE(answers(access, {{"Host", "localhost"}, {"host", "evil.example"}})) << "the second one counts too";
}

TEST(LocalAccess, accepts_the_name_that_it_listens_at) {
  EXPECT_TRUE(answers(LocalAccess("My-Box.local."), {{"Host", "my-box.LOCAL:9080"}}));
  EXPECT_FALSE(answers(LocalAccess("my-box.local"), {{"Host", "other-box.local"}}));
  EXPECT_TRUE(answers(LocalAccess("127.0.0.1", {}, {"ims-na1.adobelogin.com"}), {{"Host", "ims-na1.adobelogin.com"}}));
}

TEST(LocalAccess, accepts_addresses_and_names_without_a_dot_if_other_machines_can_connect) {
  for (const auto* listens_at : {"0.0.0.0", "::", "192.168.0.7", "[2001:db8::1]"}) {
    const LocalAccess access(listens_at);
    for (const auto* host : {"192.168.0.7:9080", "[2001:DB8:0::1]:9080", "ims:9081", "localhost", "0.0.0.0:1"})
      EXPECT_TRUE(answers(access, {{"Host", host}})) << listens_at << ' ' << host;
    EXPECT_FALSE(answers(access, {{"Host", "evil.example"}})) << listens_at;
  }
}

TEST(LocalAccess, answers_pages_of_this_machine) {
  const LocalAccess access;
  for (const auto* origin : {"http://localhost:3000", "https://localhost:9080", "http://127.0.0.1:1234",
                             "http://[::1]:80", "HTTP://LOCALHOST", "http://app.localhost:8080"}) {
    EXPECT_TRUE(answers(access, {{"Host", "localhost:9080"}, {"Origin", origin}, {"Sec-Fetch-Site", "cross-site"}}))
        << origin;
  }
}

TEST(LocalAccess, refuses_pages_of_other_sites) {
  const LocalAccess access;
  for (const auto* origin :
       {"https://evil.example", "null", "http://localhost.evil.example", "http://evil-localhost:3000", "file://",
        "http://localhost:3000@evil.example", "http://evil.example:3000#localhost", "http://localhost:3000/path",
        "http://127.0.0.1.evil.example", "chrome-extension://abc", "ftp://localhost", "localhost:3000", "//localhost",
        "", "http://", "http://localhost:3000, http://evil.example", "http://0.0.0.0:3000", "http://192.168.0.1"}) {
    EXPECT_FALSE(answers(access, {{"Host", "localhost:9080"}, {"Origin", origin}})) << origin;
    EXPECT_FALSE(answers(access, {{"Host", "localhost:9080"}, {"Origin", origin}, {"Sec-Fetch-Site", "same-origin"}}))
        << origin;
  }
  EXPECT_FALSE(answers(access, {{"Origin", "http://localhost"}, {"origin", "https://evil.example"}}));
  const auto refused = access.denial(request({{"Host", "localhost"}, {"Origin", "https://evil.example:444"}}));
  ASSERT_TRUE(refused);
  EXPECT_THAT(refused->message, HasSubstr("https://evil.example:444"));
  EXPECT_THAT(refused->hint, HasSubstr("--allow-origin https://evil.example:444"));
}

TEST(LocalAccess, refuses_cross_site_requests_without_an_origin) {
  const LocalAccess access;
  for (const auto* site : {"cross-site", "something-new"}) {
    EXPECT_FALSE(answers(access, {{"Host", "localhost"}, {"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", "no-cors"}}));
    EXPECT_FALSE(
        answers(access, {{"Host", "localhost"}, {"Sec-Fetch-Site", site}, {"Referer", "https://evil.example/"}}));
    EXPECT_FALSE(answers(
        access,
        {{"Host", "localhost"}, {"Sec-Fetch-Site", site}, {"Referer", "https://evil.example?http://localhost/"}}));
    EXPECT_TRUE(
        answers(access, {{"Host", "localhost"}, {"Sec-Fetch-Site", site}, {"Referer", "http://localhost:3000/a?b=c"}}));
  }
  for (const auto* site : {"none", "same-origin", "same-site"})
    EXPECT_TRUE(answers(access, {{"Host", "localhost:9080"}, {"Sec-Fetch-Site", site}})) << site;
}

TEST(LocalAccess, refuses_other_origins_on_its_host_unless_the_host_is_this_machine) {
  const LocalAccess access("dev.example.com");
  EXPECT_FALSE(answers(access, {{"Host", "dev.example.com"}, {"Sec-Fetch-Site", "same-site"}}));
  EXPECT_TRUE(answers(access, {{"Host", "dev.example.com"}, {"Sec-Fetch-Site", "same-origin"}}));
}

TEST(LocalAccess, answers_its_own_pages) {
  const LocalAccess access("192.168.0.7");
  EXPECT_TRUE(answers(access, {{"Host", "192.168.0.7:9080"}, {"Origin", "https://192.168.0.7:9080"}}));
  EXPECT_TRUE(answers(access, {{"Host", "192.168.0.7"}, {"Origin", "https://192.168.0.7"}}));
  EXPECT_FALSE(answers(access, {{"Host", "192.168.0.7:9080"}, {"Origin", "https://192.168.0.7:8080"}}));
  EXPECT_FALSE(answers(LocalAccess(), {{"Host", "evil.example"}, {"Origin", "http://evil.example"}}));
}

TEST(LocalAccess, answers_pages_that_the_user_allows) {
  const LocalAccess access("localhost", {"https://Experience.adobe.com/", "http://tunnel.example:8080"});
  EXPECT_TRUE(answers(access, {{"Host", "localhost"}, {"Origin", "https://experience.adobe.com"}}));
  EXPECT_TRUE(answers(access, {{"Host", "localhost"}, {"Origin", "https://experience.adobe.com:443"}}));
  EXPECT_TRUE(answers(access, {{"Host", "tunnel.example"}}))
      << "the host of an allowed origin counts as a name of this server";
  for (const auto* origin : {"http://experience.adobe.com", "https://experience.adobe.com:8443",
                             "https://a.experience.adobe.com", "http://tunnel.example"})
    EXPECT_FALSE(answers(access, {{"Host", "localhost"}, {"Origin", origin}})) << origin;
  EXPECT_TRUE(answers(access, {{"Host", "localhost"},
                               {"Sec-Fetch-Site", "cross-site"},
                               {"Referer", "https://experience.adobe.com/?devMode=true"}}));
}

TEST(LocalAccess, an_allowed_origin_must_be_an_origin) {
  for (const auto* text : {"", "*", "null", "experience.adobe.com", "https://", "https://a.example/path",
                           "ftp://a.example", "https://user@a.example", "https://a.example?b", "https://a.example//"}) {
    try {
      const LocalAccess access("localhost", {text});
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "invalid_origin") << text;
    }
  }
}

TEST(IsThisMachine, is_true_only_for_loopback) {
  for (const auto* host : {"localhost", "App.LocalHost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"})
    EXPECT_TRUE(is_this_machine(host)) << host;
  for (const auto* host :
       {"0.0.0.0", "::", "", "127.evil.example", "box", "192.168.0.1", "localhost.", "app.localhost."})
    EXPECT_FALSE(is_this_machine(host)) << host;
}

}  // namespace
}  // namespace adit::http
