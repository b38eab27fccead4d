/* TABLE: how well two life situations go together, by model_life_table. */
#ifndef KIND_TABLE_H
#define KIND_TABLE_H

#include "model/model.h"

static inline int kind_table(int a, int b)
{
	return a > LIFE_FAMILY || b > LIFE_FAMILY ? 0 : model_life_table[a][b];
}

#endif
