#include "token/store/store_paths.h"

#include <string>

#include <gtest/gtest.h>

#include "adit/error.h"

namespace adit::token {
namespace {

bool is_refused(const std::string& url) {
  try {
    refuse_store_outside(url, "/nowhere/project", {".env", 3, 0});
    return false;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "outside_project") << url;
    EXPECT_EQ(error.where()->to_string(), ".env:3");
    return true;
  }
}

TEST(StorePaths, must_be_inside_the_project) {
  for (const auto* url : {"memory:", "file:/nowhere/project/tokens", "file:///nowhere/project", "redis://127.0.0.1/0",
                          "unix:/nowhere/project/redis.sock", "rediss://r.example?ca=/nowhere/project/ca.pem"})
    EXPECT_FALSE(is_refused(url)) << url;
  for (const auto* url :
       {"file:/nowhere/tokens", "file:///nowhere/project/../tokens", " file:tokens", "unix:/run/docker.sock",
        "unix:///run/docker.sock?db=1", "rediss://r.example?ca=/etc/ca.pem",
        "rediss://r.example?cert=/nowhere/project/c.pem&key=/nowhere/k.pem", "rediss://r.example?ca=%2Fetc%2Fca.pem"})
    EXPECT_TRUE(is_refused(url)) << url;
}

}  // namespace
}  // namespace adit::token
