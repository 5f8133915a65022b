/**
 * What the engine tells about itself; imports nothing of ours.
 */
@NullMarked
package io.millrace.core.observe;

import org.jspecify.annotations.NullMarked;
