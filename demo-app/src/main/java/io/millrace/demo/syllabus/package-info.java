/**
 * One document per course: uploaded by the lecturer, downloaded by students.
 */
@NullMarked
package io.millrace.demo.syllabus;

import org.jspecify.annotations.NullMarked;
