/** What a difference from a to b means. 'change': neither better nor worse, or nobody can tell. */
export type Standing = 'regression' | 'improvement' | 'change' | 'same'
