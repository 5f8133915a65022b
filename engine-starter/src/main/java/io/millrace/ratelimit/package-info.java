/**
 * How many requests may come in some time: token buckets of Bucket4j, in this process or
 * shared between several by Redis.
 */
@NullMarked
package io.millrace.ratelimit;

import org.jspecify.annotations.NullMarked;
