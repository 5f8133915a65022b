/**
 * Token buckets in Redis, by way of Lettuce.
 */
@NullMarked
package io.millrace.ratelimit.redis;

import org.jspecify.annotations.NullMarked;
