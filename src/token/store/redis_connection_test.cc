// Connections to real Redis servers: over TCP, with passwords and databases, and with TLS.
#include "token/store/redis_connection.h"

#include <cstdio>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/server/tls_server_fixture.h"
#include "token/store/redis_server_fixture.h"
#include "token/store/redis_store.h"

namespace adit::token {
namespace {

using namespace testing;
using http::testing::refusing_port;
using ::testing::HasSubstr;

/// Uses the store of this URL, and returns "works" or the error's message.
std::string visit(const std::string& url) {
  try {
    const auto store = open_store(url);
    const auto fence = store->get_or_lock("a", 0, 10s).fence;
    const std::string large(100'000, '\xff');
    if (!store->put("a", large, fence, 1h)) return "put nothing";
    const auto found = store->get("a");
    return found && found->sealed == large ? "works" : "lost the record";
  } catch (const Error& error) {
    return error.to_string();
  }
}

TEST(RedisConnectionTest, connects_over_tcp_by_name_and_by_address) {
  const auto port = refusing_port();
  RedisServer redis({"--port", std::to_string(port), "--bind", "127.0.0.1"});
  EXPECT_EQ(visit(cat("redis://127.0.0.1:", port)), "works");
  redis.cli("FLUSHALL");
  EXPECT_EQ(visit(cat("redis://localhost:", port)), "works");
}

TEST(RedisConnectionTest, selects_the_database) {
  RedisServer redis;
  EXPECT_EQ(visit(redis.url() + "?db=3"), "works");
  EXPECT_EQ(redis.cli("KEYS *"), "");
  EXPECT_THAT(redis.cli("INFO keyspace"), HasSubstr("db3:"));
  EXPECT_THAT(visit(redis.url() + "?db=99"), HasSubstr("DB index is out of range"));
}

TEST(RedisConnectionTest, sends_user_and_password) {
  const auto port = refusing_port();
  const RedisServer redis({"--port", std::to_string(port), "--bind", "127.0.0.1", "--requirepass", "se/cret", "--user",
                           "team", "on", ">p@ss", "~*", "+@all"});
  EXPECT_EQ(visit(cat("redis://:se%2Fcret@127.0.0.1:", port)), "works");
  EXPECT_EQ(visit(cat("redis://team:p%40ss@127.0.0.1:", port, "/1")), "works");
  EXPECT_EQ(visit(redis.url() + "?db=2&password=se%2Fcret"), "works");
  for (const auto& wrong : {cat("redis://:geheim@127.0.0.1:", port), cat("redis://team:geheim@127.0.0.1:", port),
                            cat("redis://127.0.0.1:", port)}) {
    EXPECT_THAT(visit(wrong), ::testing::AnyOf(HasSubstr("WRONGPASS"), HasSubstr("NOAUTH"))) << wrong;
    EXPECT_THAT(visit(wrong), ::testing::Not(HasSubstr("geheim")));
  }
}

TEST(RedisConnectionTest, says_why_it_cannot_connect) {
  EXPECT_THAT(visit(cat("redis://127.0.0.1:", refusing_port())), HasSubstr("Connection refused"));
  EXPECT_THAT(visit("unix:/nonexistent/redis.sock"), HasSubstr("No such file"));
  EXPECT_THAT(visit(cat("unix:/", std::string(200, 'x'))), HasSubstr("too long"));
  EXPECT_THAT(visit("redis://redis.invalid"), HasSubstr("redis.invalid"));
}

TEST(RedisConnectionTest, does_not_wait_for_a_silent_server) {
  http::testing::RawServer deaf([](http::testing::RawSocket& socket, int) { socket.read_to_end(); });
  for (const auto* scheme : {"redis", "rediss"}) {
    EXPECT_THAT(visit(cat(scheme, "://127.0.0.1:", deaf.port())), HasSubstr("no answer in time"));
  }
}

class RedisTls : public ::testing::Test {
 protected:
  RedisTls() : authority_(http::testing::make_identity({.name = "authority"})) {
    http::testing::write_pem(in("ca.pem"), authority_.certificate.get());
    certify("server", "DNS:localhost,IP:127.0.0.1");
  }
  [[nodiscard]] std::string in(const std::string& name) const { return cat(folder_.path(), "/", name); }
  void certify(const std::string& name, const std::string& alternative_names, long valid_until = 3600) const {
    const auto made = http::testing::make_identity(
        {.name = name, .alternative_names = alternative_names, .valid_from = -7200, .valid_until = valid_until},
        &authority_);
    http::testing::write_pem(in(name + ".pem"), made.certificate.get());
    std::ofstream(in(name + ".key")) << http::testing::key_pem(made.key.get());
  }
  [[nodiscard]] std::vector<std::string> options(const std::string& auth_clients = "no",
                                                 const std::string& identity = "server") const {
    return {"--port",
            "0",
            "--tls-port",
            std::to_string(port_),
            "--bind",
            "127.0.0.1",
            "--tls-cert-file",
            in(identity + ".pem"),
            "--tls-key-file",
            in(identity + ".key"),
            "--tls-ca-cert-file",
            in("ca.pem"),
            "--tls-auth-clients",
            auth_clients};
  }
  [[nodiscard]] std::string url(const std::string& host = "localhost", const std::string& more = {}) const {
    return cat("rediss://", host, ":", port_, "/1?ca=", in("ca.pem"), more);
  }

  TemporaryFolder folder_;
  http::testing::Identity authority_;
  std::uint16_t port_ = refusing_port();
};

TEST_F(RedisTls, transfers_records) {
  const RedisServer redis(options());
  EXPECT_EQ(visit(url()), "works");
  const auto store = open_store(url("127.0.0.1"));
  EXPECT_TRUE(store->get("a"));
  EXPECT_EQ(store->describe(), cat("rediss://127.0.0.1:", port_, "/1"));
}

TEST_F(RedisTls, connects_again_after_a_restart) {
  RedisServer redis(options());
  const auto store = open_store(url());
  EXPECT_FALSE(store->get("a"));
  redis.stop();
  redis.start();
  EXPECT_FALSE(store->get("a"));
}

TEST_F(RedisTls, trusts_only_the_configured_authorities) {
  const RedisServer redis(options());
  EXPECT_THAT(visit(cat("rediss://localhost:", port_)), HasSubstr("certificate"));
  const auto stranger = http::testing::make_identity({.name = "stranger"});
  const auto file = http::testing::write_pem(in("stranger.pem"), stranger.certificate.get());
  EXPECT_THAT(visit(cat("rediss://localhost:", port_, "?ca=", file)), HasSubstr("certificate"));
  EXPECT_THAT(visit(cat("rediss://localhost:", port_, "?ca=/nonexistent")), HasSubstr("/nonexistent cannot be read"));
}

TEST_F(RedisTls, rejects_a_certificate_of_another_host_and_an_expired_one) {
  certify("elsewhere", "DNS:redis.example,IP:127.0.0.9");
  {
    const RedisServer redis(options("no", "elsewhere"));
    EXPECT_THAT(visit(url("localhost")), HasSubstr("hostname mismatch"));
    EXPECT_THAT(visit(url("127.0.0.1")), HasSubstr("IP address mismatch"));
  }
  certify("old", "DNS:localhost", -3600);
  const RedisServer redis(options("no", "old"));
  EXPECT_THAT(visit(url()), HasSubstr("certificate has expired"));
}

TEST_F(RedisTls, sends_its_certificate_if_the_server_requires_one) {
  const RedisServer redis(options("yes"));
  certify("client", "DNS:client");
  EXPECT_EQ(visit(url("localhost", cat("&cert=", in("client.pem"), "&key=", in("client.key")))), "works");
  EXPECT_NE(visit(url()), "works");
  EXPECT_THAT(visit(url("localhost", cat("&cert=", in("client.pem"), "&key=", in("ca.pem")))),
              HasSubstr("cannot be used"));
}

TEST_F(RedisTls, refuses_an_encrypted_key_instead_of_asking_for_its_passphrase) {
  const RedisServer redis(options("yes"));
  const auto client = http::testing::make_identity({.name = "client"}, &authority_);
  http::testing::write_pem(in("client.pem"), client.certificate.get());
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(in("client.key").c_str(), "w"), &std::fclose);
  ASSERT_EQ(PEM_write_PKCS8PrivateKey(file.get(), client.key.get(), EVP_aes_256_cbc(), "word", 4, nullptr, nullptr), 1);
  ASSERT_EQ(std::fflush(file.get()), 0);
  EXPECT_THAT(visit(url("localhost", cat("&cert=", in("client.pem"), "&key=", in("client.key")))),
              HasSubstr("client.key is encrypted"));
}

TEST_F(RedisTls, does_not_mix_with_plain_text) {
  const RedisServer tls(options());
  EXPECT_NE(visit(cat("redis://localhost:", port_)), "works");
  const auto port = refusing_port();
  const RedisServer plain({"--port", std::to_string(port), "--bind", "127.0.0.1"});
  EXPECT_NE(visit(cat("rediss://localhost:", port, "?ca=", in("ca.pem"))), "works");
}

}  // namespace
}  // namespace adit::token
