/**
 * Small endpoints for measuring the server beneath the application.
 */
@NullMarked
package io.millrace.demo.measure;

import org.jspecify.annotations.NullMarked;
