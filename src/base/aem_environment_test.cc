#include "base/aem_environment.h"

#include <gtest/gtest.h>

namespace adit {
namespace {

TEST(AemEnvironment, is_found_in_a_client_id_of_aems_own_console) {
  const AemEnvironment expected{"12345", "678"};
  for (const auto* id : {"cm-p12345-e678-integration-0", "cm-p12345-e678", "cm-p12345-e678-author"})
    EXPECT_EQ(aem_environment_of_client(id), expected) << id;
  EXPECT_EQ(expected.author(), "https://author-p12345-e678.adobeaemcloud.com");
  EXPECT_EQ(expected.publish(), "https://publish-p12345-e678.adobeaemcloud.com");
}

TEST(AemEnvironment, is_not_found_in_similar_client_ids) {
  for (const auto* id : {"", "cm-", "cm-p-e2", "cm-p1-e", "cm-p1e2", "cm-p1-e2x", "cm-p1-e2.evil.example", "cm-p1/-e2",
                         "cm-p123456789012345678901-e2", "p1-e2", "58b23182d80a40fea8b12bc236d71167", "xcm-p1-e2"})
    EXPECT_FALSE(aem_environment_of_client(id)) << id;
}

TEST(AemEnvironment, is_found_in_the_hosts_of_its_author_and_publish_services) {
  EXPECT_EQ(aem_environment_of_host("author-p1-e2.adobeaemcloud.com"), (AemEnvironment{"1", "2"}));
  EXPECT_EQ(aem_environment_of_host("publish-p1-e2.adobeaemcloud.com"), (AemEnvironment{"1", "2"}));
  for (const auto* host :
       {"", "adobeaemcloud.com", "author-p1-e2.adobeaemcloud.com.evil.example", "author-p1-e2.adobeaemcloud.comx",
        "author-p1-e2-x.adobeaemcloud.com", "author-p1-e2.evil.adobeaemcloud.com", "preview-p1-e2.adobeaemcloud.com",
        "author-p-e2.adobeaemcloud.com", "xauthor-p1-e2.adobeaemcloud.com", "author-p1-e2"})
    EXPECT_FALSE(aem_environment_of_host(host)) << host;
}

}  // namespace
}  // namespace adit
