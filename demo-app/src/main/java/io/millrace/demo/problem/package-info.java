/**
 * How everything that goes wrong is told: RFC 9457 problem documents.
 */
@NullMarked
package io.millrace.demo.problem;

import org.jspecify.annotations.NullMarked;
